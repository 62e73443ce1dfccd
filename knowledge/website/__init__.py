"""The public site: what citizens see of the knowledge base. It is rendered without the request, so it knows no one."""
