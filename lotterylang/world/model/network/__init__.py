"""Networks: token ids and the memory of earlier ones in, hidden states and log-probabilities out, on CPU or CUDA."""
