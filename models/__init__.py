"""PyTorch home of the published methods; knows neither the annotator nor Qt."""
