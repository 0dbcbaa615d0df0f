"""What a report is to the stories of a watch: new, copy, report, update, correction or kill."""
