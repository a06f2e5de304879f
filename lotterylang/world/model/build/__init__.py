"""Building: a checkpoint in, fused ONNX graphs in the cache out."""
