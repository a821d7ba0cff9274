//! A small module, whole and in two parts, gives the same answers.

use super::{
    Parts, Profile, arrange,
    plan::Plan,
    probed,
    references::{Constant, Named, References},
    split,
};
use std::process::Command;
use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection,
    Function, FunctionSection, GlobalSection, GlobalType, ImportSection, MemorySection, MemoryType,
    Module, NameMap, NameSection, RefType, TableSection, TableType, TypeSection, ValType,
};

/// What node prints.
pub(super) fn node(script: &str) -> String {
    let output = Command::new("node")
        .args(["-e", script])
        .output()
        .expect("node runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// The functions after the imported `load`, with the number of their type and their code.
const FUNCTIONS: [(&str, u32); 7] = [
    ("loadLater", 0),
    // a + b + how often `twice` was called.
    ("app::add", 2),
    // Counts itself, and calls one of each part.
    ("app::late::twice", 1),
    ("app::minus_one", 1),
    // Lies in the table.
    ("app::late::hundredfold", 1),
    ("app::tenfold", 1),
    // Calls `twice`, and through the table.
    ("run", 2),
];

fn body(name: &str) -> Function {
    let mut function = Function::new([]);
    let mut code = function.instructions();
    if name.to_lowercase().contains("late") {
        // So long that it does not stay in the first part for being small.
        for _ in 0..150 {
            code.nop();
        }
    }
    match name {
        "loadLater" => code.call(0),
        "app::add" => code
            // Stands for a constant.
            .i32_const(16)
            .drop()
            .local_get(0)
            .local_get(1)
            .i32_add()
            .global_get(0)
            .i32_add(),
        "app::late::twice" => code
            .global_get(0)
            .i32_const(1)
            .i32_add()
            .global_set(0)
            .local_get(0)
            .local_get(0)
            .call(2)
            .call(4),
        "app::minus_one" => code
            .local_get(0)
            .i32_const(1)
            .i32_sub()
            .i32_const(0)
            .i32_load8_u(wasm_encoder::MemArg {
                offset: 0,
                align: 0,
                memory_index: 0,
            })
            .i32_add(),
        "app::late::hundredfold" => code.local_get(0).i32_const(100).i32_mul(),
        "app::tenfold" => code.local_get(0).i32_const(10).i32_mul(),
        // run(x, slot): twice(x) + table[slot](x)
        _ => code
            .i32_const(16)
            .drop()
            .local_get(0)
            .call(3)
            .local_get(0)
            .local_get(1)
            .call_indirect(0, 1)
            .i32_add(),
    };
    code.end();
    function
}

fn whole() -> Vec<u8> {
    let i32 = ValType::I32;
    let mut types = TypeSection::new();
    types.ty().function([], []);
    types.ty().function([i32], [i32]);
    types.ty().function([i32, i32], [i32]);
    let mut imports = ImportSection::new();
    imports.import("host", "load", EntityType::Function(0));
    let (mut functions, mut code, mut names) =
        (FunctionSection::new(), CodeSection::new(), NameMap::new());
    for (number, (name, signature)) in (1..).zip(FUNCTIONS) {
        functions.function(signature);
        code.function(&body(name));
        names.append(number, name);
    }
    let mut tables = TableSection::new();
    tables.table(TableType {
        element_type: RefType::FUNCREF,
        minimum: 3,
        maximum: Some(3),
        table64: false,
        shared: false,
    });
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: 1,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut globals = GlobalSection::new();
    globals.global(
        GlobalType {
            val_type: i32,
            mutable: true,
            shared: false,
        },
        &ConstExpr::i32_const(0),
    );
    let mut exports = ExportSection::new();
    exports.export("loadLater", ExportKind::Func, 1);
    exports.export("run", ExportKind::Func, 7);
    exports.export("a", ExportKind::Memory, 0);
    let mut elements = ElementSection::new();
    let in_table = [6, 5].as_slice().into();
    elements.active(
        None,
        &ConstExpr::i32_const(1),
        Elements::Functions(in_table),
    );
    let mut naming = NameSection::new();
    naming.functions(&names);
    let mut module = Module::new();
    module
        .section(&types)
        .section(&imports)
        .section(&functions)
        .section(&tables)
        .section(&memories);
    module
        .section(&globals)
        .section(&exports)
        .section(&elements)
        .section(&code)
        .section(&naming);
    module.finish()
}

/// All but what is `late`. That `loadLater` is not in the profile must not matter.
fn profile() -> Profile {
    Profile::read("app::add\napp::minus_one\napp::tenfold\nrun\n")
}

fn parts() -> Parts {
    split(&whole(), None, &profile()).expect("the module can be parted")
}

/// What a script of node's prints that gets these modules as `whole`, `first` and `later`.
fn printed(script: &str) -> String {
    let parts = parts();
    let [first, later] =
        arrange(&parts.first, &parts.later, &parts.shared).expect("they can be arranged");
    let modules = [
        ("whole", whole()),
        ("first", first.code),
        ("later", later.code),
    ];
    let modules = modules.map(|(name, code)| {
        format!("const {name} = new WebAssembly.Module(new Uint8Array({code:?}));")
    });
    let helpers = "
        let loads = 0, exports;
        const add = () => new WebAssembly.Instance(later, { '': exports });
        const start = (module, load) => {
            // The first part calls what it imports by another name.
            exports = new WebAssembly.Instance(module, { host: { load, a: load } }).exports;
            new Uint8Array(exports.a.buffer)[0] = 7;
        };
        const answers = () => [[1, 1], [2, 2], [3, 1], [4, 2]].map((given) => exports.run(...given));";
    node(&format!("{}{helpers}{script}", modules.concat()))
}

#[test]
fn both_parts_give_what_the_whole_gives() {
    let answers = |start: &str| printed(&format!("{start} console.log(...answers(), loads)"));
    let whole = answers("start(whole, () => {});");
    assert_eq!(whole, "19 212 45 418 0");
    // There beforehand, it is not loaded; and else once, whichever stub is the first to be called.
    let before = answers("start(first, () => { loads += 1; }); add();");
    assert_eq!(before, whole);
    let when_called = answers("start(first, () => { loads += 1; add(); });");
    assert_eq!(when_called, whole.replace(" 0", " 1"));
}

#[test]
fn a_part_that_does_not_come_stops_the_call_and_can_come_later() {
    let script = "
        let fails = true;
        start(first, () => { loads += 1; if (fails) throw 'offline'; add(); });
        try { exports.run(1, 1); } catch (error) { console.log(error); }
        fails = false;
        console.log(...answers(), loads);";
    assert_eq!(printed(script), "offline\n19 212 45 418 2");
}

#[test]
fn the_first_part_has_nothing_of_the_second() {
    let parts = parts();
    let has = |code: &[u8], bytes: &[u8]| code.windows(bytes.len()).any(|window| window == bytes);
    // i32.const 100, i32.mul; i32.const 10, i32.mul.
    let (hundredfold, tenfold) = ([0x41, 0xe4, 0x00, 0x6c], [0x41, 0x0a, 0x6c]);
    assert!(has(&whole(), &hundredfold));
    assert!(!has(&parts.first, &hundredfold) && has(&parts.later, &hundredfold));
    assert!(has(&parts.first, &tenfold) && !has(&parts.later, &tenfold));
}

#[test]
fn what_is_no_larger_than_a_stub_stays() {
    let parts = split(&whole(), None, &Profile::read("")).expect("the module can be parted");
    let tenfold = [0x41, 0x0a, 0x6c];
    assert!(parts.first.windows(3).any(|window| window == tenfold));
}

#[test]
fn a_module_that_cannot_load_its_second_part_is_refused() {
    let error = split(&Module::new().finish(), None, &profile()).err();
    assert!(error.is_some_and(|sentence| sentence.contains("exports no `loadLater`")));
    assert!(split(b"no module", None, &profile()).is_err());
}

#[test]
fn each_block_tells_that_it_ran() {
    let probed = probed(&whole()).expect("the module can be probed");
    let script = format!(
        "const probed = new WebAssembly.Module(new Uint8Array({probed:?}));
        start(probed, () => {{}});
        const ran = () => Object.keys(exports).filter((name) => exports[name].value === 1);
        console.log(ran().join(), exports.run(1, 1), ran().join());"
    );
    // `add`, `twice`, `minus_one`, what is in the table's first slot, and `run`.
    assert_eq!(printed(&script), "19 ran 1,ran 2,ran 3,ran 5,ran 6");
}

#[test]
fn constants_and_slots_follow_the_functions_that_know_them() {
    let code = whole();
    let module = super::module::Module::read(&code).expect("it is a module");
    let named = |constants: &[usize], functions: &[&'static str]| Named {
        constants: constants.iter().copied().collect(),
        functions: functions.iter().copied().collect(),
    };
    let constant = |place, fixed, names| Constant {
        place,
        fixed,
        names,
    };
    let references = References {
        functions: [
            (
                "app::add",
                [(16, named(&[0], &[])), (17, named(&[2], &[]))].into(),
            ),
            ("app::late::twice", [(1, named(&[1, 0], &[]))].into()),
        ]
        .into(),
        constants: vec![
            constant(16..20, true, named(&[], &["app::tenfold"])),
            constant(20..32, true, named(&[2], &["app::late::hundredfold"])),
            constant(32..40, true, Named::default()),
            constant(40..44, false, Named::default()),
        ],
    };
    // The first part calls `add` and `twice`; the table has `tenfold` in slot 1 and `hundredfold` in 2.
    let exported = References {
        functions: [("run", [(16, named(&[0], &[]))].into())]
            .into_iter()
            .chain(references.functions)
            .collect(),
        ..references
    };
    let plan = Plan::make(&module, Some(&exported), 0, 1, |name| !profile().has(name));
    assert_eq!((plan.later_data.len(), &plan.later_data[0]), (1, &(20..40)));
    assert_eq!(plan.first_slots, [(1, 6)].into());
    assert_eq!(plan.later_slots, [(2, 5), (3, 3)].into());
}
