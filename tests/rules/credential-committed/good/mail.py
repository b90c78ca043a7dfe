def address(label: str, account: str, secret: str) -> str:
    """What a phone scans, such as motp://SecureSite:alice@wonder.land?secret=…"""
    return f"motp://{label}:{account}?secret={secret}"
