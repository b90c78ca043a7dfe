class Config:
    PRELOAD = True
