"""`make slides`: the chapters as decks of slides, made of the built pages, in the built site.

    slides/NAME.html    the deck of a page: its text, its panels with their stored results, notes
    slides/index.html   all decks
    _static/slides/     reveal.js, and how a deck looks and moves (deck.css, deck.js)

A deck shares the engine, the panels' script and the style of the pages, and carries their policy.
"""
