#!/bin/sh
flask assets build
