"""The phone page: a person chats as a customer and switches troubles on."""
