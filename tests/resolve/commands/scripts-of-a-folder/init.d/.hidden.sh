#!/bin/sh
flask hidden
