from shop.migrating import run

run()
