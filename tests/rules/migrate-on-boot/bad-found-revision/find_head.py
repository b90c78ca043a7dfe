print("head")
