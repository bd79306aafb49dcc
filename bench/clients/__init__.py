"""One module per client, with the same functions in each; a job imports one of them, in a process of its own.

`construct` makes a client. `reads` makes one request per item, `width` at a time, and `texts` says which messages its answers hold.
`inbox` reads a whole inbox, and `calls` what was said in all calls; they hold no more than they must, and are 16 wide where the
client is. `first` reads one message, `unlock` opens the vault. A client has the functions that it can be asked for; those of an
async client are coroutines and async generators. A service's package says what is asked of it.
"""
