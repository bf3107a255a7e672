"""Microsoft Teams: a platform like the others. Bot Framework's libraries are known only here."""
