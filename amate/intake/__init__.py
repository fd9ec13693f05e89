"""What comes in bulk: files of sales and of products, as people really have them."""
