"""The conductor: what happens to an order from the cart to the purchase order, and to past ones."""
