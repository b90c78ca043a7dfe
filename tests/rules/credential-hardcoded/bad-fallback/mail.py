import os

ADMIN_PASSWORD = os.environ.get("ADMIN_PASSWORD", "admin123")
PAYMENT_API_KEY = os.getenv("PAYMENT_API_KEY") or "f9c1e7a25b8d4036"
SEARCH_API_KEY = os.environ.get("SEARCH_API_KEY", "your-api-key-here")
