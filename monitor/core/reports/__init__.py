"""What a report says of itself: its identity and dates, its words and sentences, markers, credits."""
