from shop import app

serve = app.run
serve(debug=False)
