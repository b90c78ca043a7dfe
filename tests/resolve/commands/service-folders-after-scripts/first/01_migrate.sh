#!/bin/sh
flask db upgrade
