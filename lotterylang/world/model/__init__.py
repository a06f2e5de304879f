"""Small language models: catalogue, weights, graph, tokenizer, constraints, engine, dice."""
