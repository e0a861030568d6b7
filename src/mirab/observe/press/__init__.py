"""Press: from releases and news to meetings, events and promises, each with the characters it rests on."""
