"""The client without a screen: link, REST, and the mirror that folds events. Scripts, bots and the screen use it."""
