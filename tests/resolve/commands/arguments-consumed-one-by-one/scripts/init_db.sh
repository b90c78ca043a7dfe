#!/bin/bash
cd shop
flask db upgrade
cd -
