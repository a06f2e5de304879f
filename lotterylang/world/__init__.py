"""Who answers effects. The five rooms know the effects and replies of `run/`, and not one another."""
