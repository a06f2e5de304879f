"""Scoring: how likely given texts are. `choosing.py` answers Choose and Score, `log_probs.py` looks texts up."""
