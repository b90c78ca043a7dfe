"""The database engines that an app makes, their connection budget, and the migrations of their schema."""
