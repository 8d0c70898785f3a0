"""The checks of `iacwatch doctor`: each module registers its own, and nothing else names them."""
