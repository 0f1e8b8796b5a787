"""How dates are written where Django's own ways leave doubt."""
