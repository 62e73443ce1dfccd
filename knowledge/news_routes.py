"""The addresses of Wat is nieuw and of the reading lists."""

from django.urls import path

from knowledge.views import bulletins, news, reading, reading_lists

routes = [
    path("news/", news.news, name="news"),
    path("news/panel/", news.panel, name="news_panel"),
    path("news/strip/", news.strip, name="strip"),
    path("news/fold/", news.fold, name="fold"),
    path("news/written/", bulletins.written, name="written"),
    path("news/new/", bulletins.new_bulletin, name="new_bulletin"),
    path("news/articles/", bulletins.article_options, name="article_options"),
    path("news/<uuid:uuid>/", news.bulletin, name="bulletin"),
    path("news/<uuid:uuid>/read/", news.read, name="read"),
    path("news/<uuid:uuid>/unread/", news.unread_again, name="unread"),
    path("news/<uuid:uuid>/confirm/", news.confirm, name="confirm"),
    path("news/<uuid:uuid>/change/", bulletins.change_bulletin, name="change_bulletin"),
    path("news/<uuid:uuid>/withdraw/", bulletins.withdraw_bulletin, name="withdraw_bulletin"),
    path("news/<uuid:uuid>/end/", bulletins.end_bulletin, name="end_bulletin"),
    path("news/<uuid:uuid>/remind/", bulletins.remind_readers, name="remind_readers"),
    path("reading/", reading.reading, name="reading"),
    path("reading/<uuid:uuid>/read/", reading.read_article, name="read_article"),
    path("reading/<uuid:uuid>/unread/", reading.unread_article, name="unread_article"),
    path("reading/lists/", reading_lists.reading_lists, name="reading_lists"),
    path("reading/lists/new/", reading_lists.new_reading_list, name="new_reading_list"),
    path("reading/lists/<uuid:uuid>/", reading_lists.reading_list, name="reading_list"),
    path("reading/lists/<uuid:uuid>/change/", reading_lists.change_reading_list, name="change_reading_list"),
    path("reading/lists/<uuid:uuid>/add/", reading_lists.add_article, name="add_article"),
    path("reading/lists/<uuid:uuid>/remove/", reading_lists.remove_article, name="remove_article"),
    path("reading/lists/<uuid:uuid>/move/", reading_lists.move_article, name="move_article"),
    path("reading/lists/<uuid:uuid>/give/", reading_lists.give_list, name="give_list"),
    path("reading/lists/<uuid:uuid>/take-back/", reading_lists.take_back_list, name="take_back_list"),
    path("reading/lists/<uuid:uuid>/close/", reading_lists.close_list, name="close_list"),
]
