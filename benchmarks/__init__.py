"""One file per question: we and a peer answer it in turn on generated data of a stated size, and both answers must be the same."""
