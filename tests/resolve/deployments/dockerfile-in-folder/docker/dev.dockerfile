FROM python:3.13
COPY . .
CMD flask run
