module web 'appservice.bicep' = {
  params: { appSettings: { PYTHON_ENABLE_GUNICORN_MULTIWORKERS: 'true' } }
}
