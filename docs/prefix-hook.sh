#!/bin/sh
# The program of 'grasp prefix-manager --hook': gives the interface of a delegation the first address of its prefix, or
# removes it. It is run again after a restart, so it replaces an address that is there; and what it has to remove may be
# gone already.
set -eu
address="$GRASP_ADDRESS/$GRASP_PREFIX_LENGTH"
case "$GRASP_ACTION" in
add) ip addr replace "$address" dev "$GRASP_INTERFACE" ;;
remove)
    if ip -o addr show dev "$GRASP_INTERFACE" 2>/dev/null | grep -qF " $address "; then
        ip addr del "$address" dev "$GRASP_INTERFACE"
    fi
    ;;
esac
