SQLALCHEMY_DATABASE_URI = "postgresql://orders:Tr7xw2Kc9q@db.intern.lan/orders"
