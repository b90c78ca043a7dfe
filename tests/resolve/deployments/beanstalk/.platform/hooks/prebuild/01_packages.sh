#!/bin/bash
yum install -y libpq-devel
