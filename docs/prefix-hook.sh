#!/bin/sh
# The program of 'grasp prefix-manager --hook': gives the interface of a delegation the first address of its prefix.
# It is run again after a restart, so it replaces an address that is there.
set -eu
exec ip addr replace "$GRASP_ADDRESS/$GRASP_PREFIX_LENGTH" dev "$GRASP_INTERFACE"
