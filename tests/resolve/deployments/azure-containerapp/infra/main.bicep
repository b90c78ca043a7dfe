module app 'app.bicep' = {
  params: {
    targetPort: 8000
  }
}
