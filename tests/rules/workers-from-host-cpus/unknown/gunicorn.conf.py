from capacity import how_many

workers = how_many()
accesslog = "-"
