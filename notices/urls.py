"""Addresses of the room ``notices``."""

from django.urls import path

from notices import views

app_name = "notices"
urlpatterns = [
    path("notices/", views.bell, name="bell"),
    path("notices/read/", views.read_all, name="read_all"),
    path("notices/<int:pk>/", views.open_notice, name="open"),
    path("deliveries/", views.delivery_list, name="delivery_list"),
    path("deliveries/resend/", views.resend, name="resend"),
    path("people/<str:number>/invite/", views.invite, name="invite"),
    path("organisations/<str:code>/invite/", views.invite_all, name="invite_all"),
    path("demo/mails/", views.demo_mail_list, name="demo_mail_list"),
    path("demo/mails/<str:name>/", views.demo_mail_detail, name="demo_mail_detail"),
    path("demo/mails/<str:name>/html/", views.demo_mail_html, name="demo_mail_html"),
]
