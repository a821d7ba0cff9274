//! The one component that stands for all.

use full::{
    functional::{FunctionComponent, FunctionProvider, HookContext},
    html::{BaseComponent, Context, HtmlResult, Properties},
    virtual_dom::{Key, VComp, VNode},
};
use std::{any::Any, cell::RefCell, marker::PhantomData, rc::Rc};

/// A component that runs the function it is given. Given another function it starts anew.
pub struct Part {
    function: RefCell<FunctionComponent<Self>>,
}

/// Which function, and with what.
#[derive(Clone)]
pub struct Call(Rc<dyn Run>);

/// What `html!` makes of `<Name … />`, by the name that Yew has for it.
pub struct VChild<Component>(PhantomData<Component>);

/// A function component with its properties.
trait Run: Any {
    fn run(&self, context: &mut HookContext) -> HtmlResult;
    /// Whether it is the same function, and with what is equal.
    fn equals(&self, other: &dyn Run) -> bool;
}

struct With<Component: FunctionProvider>(Component::Properties);

impl<Component: FunctionProvider + 'static> Run for With<Component> {
    fn run(&self, context: &mut HookContext) -> HtmlResult {
        Component::run(context, &self.0)
    }

    fn equals(&self, other: &dyn Run) -> bool {
        let other: &dyn Any = other;
        let other = other.downcast_ref::<Self>();
        other.is_some_and(|other| self.0 == other.0)
    }
}

impl<Component: FunctionProvider + 'static> VChild<Component> {
    /// The node of a component with these properties.
    #[expect(
        clippy::new_ret_no_self,
        reason = "it is called so where html! is written out"
    )]
    pub fn new(properties: Component::Properties, key: Option<Key>) -> VNode {
        node(Rc::new(With::<Component>(properties)), key)
    }
}

// Compiled once, and not into each use.
#[inline(never)]
fn node(call: Rc<dyn Run>, key: Option<Key>) -> VNode {
    VNode::VComp(Rc::new(VComp::new::<Part>(Rc::new(Call(call)), key)))
}

impl PartialEq for Call {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0) || self.0.equals(&*other.0)
    }
}

impl Call {
    /// Whether it is a call of the same function.
    fn is_like(&self, other: &Self) -> bool {
        (*self.0).type_id() == (*other.0).type_id()
    }
}

/// No one writes `<Part … />`.
impl Properties for Call {
    type Builder = ();

    fn builder() {}
}

impl FunctionProvider for Part {
    type Properties = Call;

    fn run(context: &mut HookContext, call: &Call) -> HtmlResult {
        call.0.run(context)
    }
}

impl BaseComponent for Part {
    type Message = ();
    type Properties = Call;

    fn create(context: &Context<Self>) -> Self {
        Self {
            function: RefCell::new(FunctionComponent::new(context)),
        }
    }

    fn update(&mut self, _: &Context<Self>, (): ()) -> bool {
        true
    }

    fn changed(&mut self, context: &Context<Self>, before: &Call) -> bool {
        if !context.props().is_like(before) {
            // Another component stands in this place: nothing that the one before kept is its own.
            self.function.get_mut().destroy();
            *self.function.get_mut() = FunctionComponent::new(context);
        }
        true
    }

    fn view(&self, context: &Context<Self>) -> HtmlResult {
        self.function.borrow().render(context.props())
    }

    fn rendered(&mut self, _: &Context<Self>, _: bool) {
        self.function.borrow().rendered();
    }

    fn destroy(&mut self, _: &Context<Self>) {
        self.function.borrow().destroy();
    }

    fn prepare_state(&self) -> Option<String> {
        self.function.borrow().prepare_state()
    }
}
