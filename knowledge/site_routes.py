"""The addresses that citizens and search engines read; those of colleagues are in urls.py."""

from django.urls import path

from knowledge.views import public, public_feedback, robots

site_routes = (
    [
        path("kennis/", public.start, name="start"),
        path("kennis/zoeken/", public.search, name="search"),
        path("kennis/onderwerp/<slug:name>/", public.theme, name="theme"),
        path("kennis/<slug:name>/", public.article, name="article"),
        path("kennis/<slug:name>/hielp/", public_feedback.feedback, name="feedback"),
        path("kennis/<slug:name>/bedankt/", public_feedback.thanks, name="thanks"),
        path("robots.txt", robots.robots, name="robots"),
        path("sitemap.xml", robots.sitemap, name="sitemap"),
        path("kennis/sitemap-<slug:section>.xml", robots.sitemap_part, name="sitemap_part"),
    ],
    "kennis",
)
