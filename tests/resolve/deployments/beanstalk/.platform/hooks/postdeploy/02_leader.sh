#!/bin/bash
if [ "$EB_IS_COMMAND_LEADER" = "true" ]; then
  flask --app shop db upgrade
fi
