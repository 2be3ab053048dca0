// Shows the document of this server. Paths are relative to the page, so that it works behind a prefix too.
SwaggerUIBundle({ url: "api/v1/openapi.json", dom_id: "#api", deepLinking: true, docExpansion: "none", validatorUrl: null });
