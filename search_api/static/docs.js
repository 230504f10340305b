// Draws /openapi.json on the page /docs; the library comes with the package fastapi-offline.
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#openapi",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
});
