"""Addresses of the room ``orgs``."""

from django.urls import path, re_path

from orgs.views import accounts, calendars, offices, organisation_forms, organisations, people, roster

app_name = "orgs"
urlpatterns = [
    path("login/", accounts.Login.as_view(), name="login"),
    path("logout/", accounts.Logout.as_view(), name="logout"),
    path("account/", accounts.account, name="account"),
    path("password/change/", accounts.PasswordChange.as_view(), name="password_change"),
    path("password/reset/", accounts.PasswordReset.as_view(), name="password_reset"),
    path("password/reset/sent/", accounts.PasswordResetSent.as_view(), name="password_reset_sent"),
    path("welcome/<uidb64>/<token>/", accounts.PasswordSet.as_view(), name="password_set"),
    path("organisations/", organisations.organisation_list, name="organisation_list"),
    path("organisations/<str:code>/", organisations.organisation_detail, name="organisation_detail"),
    path("organisations/<str:code>/new/", organisation_forms.create, name="organisation_create"),
    path("organisations/<str:code>/rename/", organisation_forms.rename, name="organisation_rename"),
    path("organisations/<str:code>/move/", organisation_forms.move, name="organisation_move"),
    path("organisations/<str:code>/dissolve/", organisation_forms.dissolve, name="organisation_dissolve"),
    path("organisations/<str:code>/extend-term/", organisation_forms.extend_term, name="extend_term"),
    path("organisations/<str:code>/groups/new/", organisation_forms.create_group, name="group_create"),
    path("organisations/<str:code>/appoint/", offices.appoint, name="appoint"),
    path("organisations/<str:code>/re-elect/", offices.re_elect, name="re_elect"),
    path("organisations/<str:code>/transfer-in/", people.transfer_in, name="transfer_in"),
    path("groups/<int:pk>/dissolve/", organisation_forms.dissolve_group, name="group_dissolve"),
    path("offices/<int:pk>/end/", offices.end, name="office_end"),
    path("offices/<int:pk>/hand-over/", offices.hand_over, name="office_hand_over"),
    path("people/<str:number>/", people.person_detail, name="person_detail"),
    path("people/<str:number>/transfer/", people.transfer, name="transfer"),
    path("people/<str:number>/transfer-out/", people.transfer_out, name="transfer_out"),
    path("people/<str:number>/admit/", people.admit, name="admit"),
    path("people/<str:number>/group/", people.change_group, name="change_group"),
    path("people/<str:number>/excused/", people.excused, name="excused"),
    path("people/<str:number>/voting-base/", people.voting_exclusion, name="voting_exclusion"),
    re_path(
        r"^people/(?P<number>[^/]+)/account/(?P<action>create|disable|enable)/$",
        people.account_state,
        name="account_state",
    ),
    path("departments/", organisations.department_list, name="department_list"),
    path("colleges/", organisations.college_list, name="college_list"),
    path("settings/calendar/", calendars.calendar, name="calendar"),
    path("settings/calendar/terms/new/", calendars.term_edit, name="term_create"),
    path("settings/calendar/terms/<str:code>/", calendars.term_edit, name="term_edit"),
    path("settings/calendar/days/new/", calendars.day_edit, name="day_create"),
    path("settings/calendar/days/<int:pk>/remove/", calendars.day_remove, name="day_remove"),
    path("roster/", roster.roster_import, name="roster_import"),
]
