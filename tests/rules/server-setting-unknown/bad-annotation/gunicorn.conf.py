workers: 4
threads: int = 2
bind: str
