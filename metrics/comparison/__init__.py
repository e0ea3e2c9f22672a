"""What a figure can be judged by: chance, peers, change, targets; and what must stay hidden. Polars in, polars out."""
