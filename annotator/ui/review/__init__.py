"""From the worst mask to the last: accepting, rejecting, remarks, stages, reports."""
