"""E-mail on the screen: subject and copies of an answer, and a whole letter shown safely."""
