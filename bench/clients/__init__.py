"""One module per client, with the same functions in each; a job imports one of them, in a process of its own.

`reads` makes one request per id, `width` at a time, and `texts` says which messages its answers hold. `inbox` reads a
whole inbox and holds no more than it must. `first` reads one message, `construct` makes a client. A client has the
functions that it can be asked for; those of an async client are coroutines and async generators.
"""
