resource web 'Microsoft.Web/sites@2022-03-01' = {
  properties: {
    siteConfig: {
      linuxFxVersion: 'PYTHON|3.8'
    }
  }
}
