"""The ground every screen stands on: a Textual App that foreign text can't harm and that has our themes.

Subclass it instead of `textual.app.App`. It puts `ControlFilter` under everything, turns markup off in
notifications, binds none of Textual's own keys, supplies our theme variables, loads and reloads themes, and asks
the terminal to leave the order of right-to-left text to us.
"""
